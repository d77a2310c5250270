/** Serves an Alibaba Cloud of many model services on loopback, in a process of its own: what is measured is the other side. */
import { startAlibabaDouble } from '../../src/demo/alibaba/double.ts';
import type { RecordedAnswer } from '../../src/demo/answers.ts';

export const account = '1234567890123456';
export const keys = { accessKeyId: 'benchkeys', accessKeySecret: 'of the loopback estate alone' };

export interface AlibabaEstate {
  readonly regions: readonly string[];
  readonly perRegion: number;
  readonly pageSize: number;
  readonly latencyMs: number;
  /** Each page of a listing is throttled this many times before it is answered. */
  readonly throttled?: number;
}

/** Answers of one region: pages of the listing, and the detail of each service. */
function answersOf(region: string, { perRegion, pageSize }: AlibabaEstate): readonly RecordedAnswer[] {
  const names = Array.from({ length: perRegion }, (_, at) => `service-${at}`);
  const lists = Array.from({ length: Math.ceil(perRegion / pageSize) }, (_, page): RecordedAnswer => {
    const Services = names.slice(page * pageSize, (page + 1) * pageSize).map((ServiceName) => ({ ServiceName, Region: region }));
    const when = page === 0 ? { PageNumber: null } : { PageNumber: page + 1 };
    return { operation: 'eas-20210701:ListServices', region, when, answer: { Services, TotalCount: perRegion, PageNumber: page + 1 } };
  });
  const config = JSON.stringify({
    metadata: { instance: 1, workspace_id: '10001' },
    cloud: { networking: { vpc_id: 'vpc-1', vswitch_id: 'vsw-1', security_group_id: 'sg-1' } },
    containers: [{ image: 'registry.example/ml/model:1', port: 8000, env: [{ name: 'MODEL_DIR', value: '/models' }] }],
  });
  // One detail serves all services of the region: the double looks through its answers one by one.
  const detail: RecordedAnswer = {
    operation: 'eas-20210701:DescribeService',
    region,
    answer: {
      ServiceName: 'service',
      Region: region,
      Status: 'Running',
      AppType: 'LLM',
      TotalInstance: 1,
      ServiceConfig: config,
      AccessToken: 'x',
    },
  };
  return [...lists, detail];
}

if (process.send !== undefined && process.argv[1]?.includes('alibaba-estate') === true) {
  const options = JSON.parse(process.argv[2] ?? '{}') as AlibabaEstate;
  const answers = options.regions.flatMap((region) => answersOf(region, options));
  const { throttled } = options;
  const double = await startAlibabaDouble({
    answers,
    accounts: [{ account, ...keys }],
    latencyMs: options.latencyMs,
    ...(throttled !== undefined && {
      faults: ({ operation }) => (operation === 'eas-20210701:ListServices' ? { throttled } : undefined),
    }),
  });
  process.send(double.origin);
  process.once('disconnect', () => void double.close());
}

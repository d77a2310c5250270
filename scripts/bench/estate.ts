/** Serves an AWS of many notebook instances on loopback, in a process of its own: what is measured is the other side. */
import { startAwsDouble } from '../../src/demo/aws/double.ts';
import type { RecordedAnswer } from '../../src/demo/answers.ts';
import type { JsonObject } from '../../src/model/json.ts';

export const account = '111122223333';
export const keys = { accessKeyId: 'benchkeys', secretAccessKey: 'of the loopback estate alone' };

export interface EstateOptions {
  readonly regions: readonly string[];
  readonly perRegion: number;
  readonly pageSize: number;
  readonly latencyMs: number;
}

/** Answers of one region: pages of the listing, and the detail of each instance. */
export function answersOf(region: string, { perRegion, pageSize }: EstateOptions): readonly RecordedAnswer[] {
  const names = Array.from({ length: perRegion }, (_, at) => `notebook-${at}`);
  const arn = (name: string) => `arn:aws:sagemaker:${region}:${account}:notebook-instance/${name}`;
  const pages = Math.ceil(perRegion / pageSize);
  const lists = Array.from({ length: pages }, (_, page): RecordedAnswer => {
    const NotebookInstances = names.slice(page * pageSize, (page + 1) * pageSize).map((NotebookInstanceName) => ({
      NotebookInstanceName,
      NotebookInstanceArn: arn(NotebookInstanceName),
      NotebookInstanceStatus: 'InService',
    }));
    const when = { NextToken: page === 0 ? null : `page-${page}` };
    const answer: JsonObject = page + 1 < pages ? { NotebookInstances, NextToken: `page-${page + 1}` } : { NotebookInstances };
    return { operation: 'sagemaker:ListNotebookInstances', region, when, answer };
  });
  const details = names.map(
    (NotebookInstanceName): RecordedAnswer => ({
      operation: 'sagemaker:DescribeNotebookInstance',
      region,
      when: { NotebookInstanceName },
      answer: {
        NotebookInstanceName,
        NotebookInstanceArn: arn(NotebookInstanceName),
        NotebookInstanceStatus: 'InService',
        InstanceType: 'ml.t3.medium',
        SubnetId: 'subnet-0a',
        SecurityGroups: ['sg-0a', 'sg-0b'],
        RoleArn: `arn:aws:iam::${account}:role/notebooks`,
        DirectInternetAccess: 'Enabled',
        RootAccess: 'Enabled',
        VolumeSizeInGB: 50,
        PlatformIdentifier: 'notebook-al2023-v1',
        InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: '1' },
      },
    }),
  );
  return [...lists, ...details];
}

if (process.send !== undefined) {
  const options = JSON.parse(process.argv[2] ?? '{}') as EstateOptions;
  const answers = options.regions.flatMap((region) => answersOf(region, options));
  const double = await startAwsDouble({ answers, accounts: [{ account, ...keys }], latencyMs: options.latencyMs });
  process.send(double.origin);
  process.once('disconnect', () => void double.close());
}

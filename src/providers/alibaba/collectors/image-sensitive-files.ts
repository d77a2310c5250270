import { defineCollector } from '../../collector.ts';
import { nameOr, rowsOf, textOf } from '../listed.ts';
import { resourceId } from '../resource-ids.ts';
import { siteRegion } from '../site-region.ts';

/** Kinds of sensitive files that Security Center found in container images, with the images that hold them. */
export default defineCollector({
  asset: 'alibaba.sas.image-sensitive-file',
  per: 'site',
  calls: {
    list: { operation: 'sas-20181203:DescribeImageSensitiveFileList', must: ['SensitiveFileList[].SensitiveFileKey'], absence: 'fact' },
    images: { operation: 'sas-20181203:DescribeImageListBySensitiveFile', must: ['ImageInfos[]'] },
  },
  facts: { '': 'list#SensitiveFileList[]', $images: 'images#ImageInfos[]' },
  computed: { $regionId: siteRegion },
  async *list(api, scope) {
    for await (const page of api.pages('list', { Lang: 'en' })) {
      for (const item of rowsOf(page, 'SensitiveFileList')) {
        const key = textOf(item['SensitiveFileKey']);
        const id = resourceId('yundun-sas', scope, `sensitivefile/${key}`);
        yield { id, name: nameOr(item['SensitiveFileName'], key), key: { SensitiveFileKey: key }, item };
      }
    }
  },
  async read(api, { key, name }) {
    return { $images: await api.all('images', { ...key, Lang: 'en' }, name) };
  },
});

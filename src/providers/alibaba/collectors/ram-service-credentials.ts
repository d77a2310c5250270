import { defineCollector } from '../../collector.ts';
import { rowsOf, textOf } from '../listed.ts';
import { serviceCredentialId } from '../resource-ids.ts';

/** Keys of single products (Model Studio among them) that RAM gives to users. */
export default defineCollector({
  asset: 'alibaba.ram.service-credential',
  per: 'account',
  calls: {
    list: {
      operation: 'ims-20190815:ListServiceCredentials',
      must: ['ServiceCredentials[].ServiceCredentialId', 'ServiceCredentials[].Status'],
    },
  },
  facts: { '': 'list#' },
  async *list(api, scope) {
    for await (const page of api.pages('list', { AllUsers: true })) {
      for (const credential of rowsOf(page, 'ServiceCredentials')) {
        const id = textOf(credential['ServiceCredentialId']);
        const name = textOf(credential['ServiceCredentialName']) || id;
        yield { id: serviceCredentialId(scope, id), name, key: {}, item: credential };
      }
    }
  },
});

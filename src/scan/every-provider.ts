import type { Provider } from '../providers/provider.ts';
import { providers } from '../providers/providers.generated.ts';

export async function loadEveryProvider(): Promise<readonly Provider[]> {
  return Promise.all(Object.values(providers).map((load) => load()));
}

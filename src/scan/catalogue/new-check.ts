import { scaffoldCheck, type Scaffold } from '../../checks/scaffold.ts';
import { loadEveryProvider } from '../every-provider.ts';

/** @throws UsageError for an id that is none. */
export async function newCheck(id: string): Promise<Scaffold> {
  const providers = await loadEveryProvider();
  return scaffoldCheck(
    id,
    providers.flatMap(({ collectors }) => collectors.map(({ asset }): string => asset)),
  );
}

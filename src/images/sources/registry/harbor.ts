import { isJsonObject, jsonIn } from '../../../model/json.ts';
import { isRepositoryName } from '../../reference.ts';
import type { RegistryClient } from './client.ts';
import type { NameList } from './pages.ts';
import { gapOf, problemOf, RegistryError } from './problem.ts';

const pageSize = 100;
const maxPages = 10_000;
const maxPageBytes = 4 * 1024 * 1024;

/**
 * The repositories of a Harbor that the login may see, by its own interface: its catalogue is for administrators of the whole alone.
 * Without a login only the public ones are listed, which is a gap. `undefined`: it is no Harbor.
 * https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 */
export async function listHarborRepositories(client: RegistryClient, signal: AbortSignal): Promise<NameList | undefined> {
  if (!(await isHarbor(client, signal))) return undefined;
  const names: string[] = [];
  const refused = (detail: string): NameList => ({ names, gap: { reason: 'denied', subject: client.host, detail } });
  try {
    for await (const name of listed(client, signal)) if (isRepositoryName(name)) names.push(name);
  } catch (error) {
    const problem = problemOf(error);
    const gap = gapOf(problem, client.host);
    return { names, gap: { ...gap, detail: `the repositories of this Harbor could not be listed to the end: ${gap.detail}` }, problem };
  }
  if (await client.hasPassword(signal)) return { names };
  return refused(`only the public repositories of this Harbor were listed: sign in with "docker login ${client.host}"`);
}

async function isHarbor(client: RegistryClient, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = jsonIn(await ask(client, '/api/v2.0/systeminfo', signal, { asBasic: false }));
    return isJsonObject(answer) && typeof answer['auth_mode'] === 'string';
  } catch (error) {
    if (error instanceof RegistryError && error.problem.kind !== 'interrupted') return false;
    throw error;
  }
}

/** Of all projects at once; versions before 2.6 have only the list of each. */
async function* listed(client: RegistryClient, signal: AbortSignal): AsyncGenerator<string> {
  try {
    return yield* namesOf(client, '/api/v2.0/repositories', signal);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.problem.kind !== 'http' || error.problem.status !== 404) throw error;
  }
  for await (const project of namesOf(client, '/api/v2.0/projects', signal))
    yield* namesOf(client, `/api/v2.0/projects/${encodeURIComponent(project)}/repositories`, signal);
}

async function* namesOf(client: RegistryClient, path: string, signal: AbortSignal): AsyncGenerator<string> {
  for (let page = 1; ; page += 1) {
    if (page > maxPages) throw new RegistryError({ kind: 'malformed', detail: `the list of ${client.host} never ends` });
    const items = jsonIn(await ask(client, `${path}?page=${page}&page_size=${pageSize}`, signal, { asBasic: true }));
    if (!Array.isArray(items))
      throw new RegistryError({ kind: 'malformed', detail: `${client.host} answered with something that is no list` });
    for (const item of items as readonly unknown[]) {
      const name = isJsonObject(item) ? item['name'] : undefined;
      if (typeof name === 'string') yield name;
    }
    if (items.length < pageSize) return;
  }
}

async function ask(client: RegistryClient, path: string, signal: AbortSignal, { asBasic }: { readonly asBasic: boolean }): Promise<Buffer> {
  const { body } = await client.read(path, {
    scope: '',
    maxBytes: maxPageBytes,
    what: 'the list of repositories',
    headers: { accept: 'application/json' },
    signal,
    ...(asBasic && { asBasic: true as const }),
  });
  return body;
}

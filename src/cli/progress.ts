import type { Writable } from 'node:stream';
import type { ProgressEvent } from '../scan/world.ts';
import { groupedBy } from '../model/grouped-by.ts';
import { howMany } from '../model/words.ts';

export interface Progress {
  readonly event: (event: ProgressEvent) => void;
  /** Prints a line above the moving part. */
  readonly note: (line: string) => void;
  /** Removes the moving part: what follows starts on a fresh line. */
  readonly end: () => void;
}

type Calls = Extract<ProgressEvent, { kind: 'calls' }>;

const redrawEveryMs = 100;
const maxLines = 8;

/**
 * One line per provider, account and region: calls done, refused, throttled, assets. Moves only on a terminal;
 * elsewhere nothing is drawn and only notes are printed.
 */
export function createProgress(
  stderr: Writable & { readonly columns?: number },
  options: { readonly moving: boolean; readonly now: () => number },
): Progress {
  const lines = new Map<string, Calls>();
  let waiting = '';
  let images = '';
  let phase = '';
  let drawn = 0;
  let lastDrawAt = 0;

  const erase = () => {
    if (drawn > 0) stderr.write(`\u001B[${drawn}A\u001B[0J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const width = Math.max(20, (stderr.columns ?? 80) - 1);
    const rows = [...summaryLines([...lines.values()]), ...(images ? [images] : []), ...(waiting ? [waiting] : [])];
    const text = rows.length > 0 ? rows : phase ? [phase] : [];
    stderr.write(text.map((row) => `${row.slice(0, width)}\n`).join(''));
    drawn = text.length;
    lastDrawAt = options.now();
  };
  return {
    event: (event) => {
      if (!options.moving) return;
      if (event.kind === 'phase') phase = phaseWords[event.phase];
      else if (event.kind === 'calls') {
        lines.set(`${event.provider} ${event.account} ${event.region}`, event);
        waiting = '';
      } else if (event.kind === 'images') images = imagesLine(event);
      else if (event.kind === 'waiting')
        waiting = `waiting for a rate limit of ${event.bucket} in ${event.region}, ${Math.ceil(event.ms / 1000)} s`;
      if (options.now() - lastDrawAt >= redrawEveryMs) draw();
    },
    note: (line) => {
      erase();
      stderr.write(`${line}\n`);
    },
    end: erase,
  };
}

const phaseWords = {
  'sign-in': 'signing in …',
  discover: 'discovering …',
  inspect: 'looking into images …',
  evaluate: 'judging …',
  report: 'writing …',
} as const;

function imagesLine({ images, layers, done, cached, bytes, ofBytes }: Extract<ProgressEvent, { kind: 'images' }>): string {
  const known = cached > 0 ? `, ${cached} known from before` : '';
  const share = ofBytes > 0 ? ` (${Math.min(100, Math.floor((bytes / ofBytes) * 100))} %)` : '';
  const read = `${sizeInWords(bytes)} of ${sizeInWords(Math.max(bytes, ofBytes))}${share}`;
  return `${howMany(images, 'image')}: ${done} of ${layers} layers${known}, ${read}`;
}

const sizeInWords = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);

function summaryLines(calls: readonly Calls[]): string[] {
  if (calls.length <= maxLines) return calls.map((at) => line(`${at.provider} ${at.account} ${at.region}`, at));
  const byProvider = groupedBy(calls, ({ provider }) => provider);
  return [...byProvider].map(([provider, all]) =>
    line(`${provider} (${all.length} account-regions)`, {
      done: sum(all, 'done'),
      refused: sum(all, 'refused'),
      throttled: sum(all, 'throttled'),
      assets: sum(all, 'assets'),
    }),
  );
}

function line(place: string, at: Pick<Calls, 'done' | 'refused' | 'throttled' | 'assets'>): string {
  const refused = at.refused > 0 ? `, ${at.refused} refused` : '';
  const throttled = at.throttled > 0 ? `, ${at.throttled} throttled` : '';
  return `${place}: ${at.done} calls${refused}${throttled}, ${at.assets} assets`;
}

function sum(all: readonly Calls[], member: 'done' | 'refused' | 'throttled' | 'assets'): number {
  return all.reduce((total, at) => total + at[member], 0);
}

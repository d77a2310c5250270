/** What the hosts that answered in a run say the time is. */
export interface Clocks {
  /** `date` as its header had it. */
  readonly note: (host: string, date: string) => void;
  /** How far this machine is from them, in one sentence. */
  readonly inWords: () => string;
}

/** Clouds refuse signatures that are further off: AWS after five minutes, Alibaba Cloud after fifteen, tokens of Entra ID after five. */
const worthSayingS = 60;

/** Compares the clock of this machine with the `Date` of answers, which has whole seconds and is as old as its way was long. */
export function watchClocks(now: () => Date): Clocks {
  const offByHost = new Map<string, number>();
  return {
    note(host, date) {
      const said = Date.parse(date);
      if (Number.isNaN(said)) return;
      const offS = (now().getTime() - said) / 1000;
      const known = offByHost.get(host);
      // The answer that was quickest tells it best.
      if (known === undefined || Math.abs(offS) < Math.abs(known)) offByHost.set(host, offS);
    },
    inWords() {
      const [worst, ...others] = [...offByHost].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
      if (worst === undefined) return 'no host told its own time';
      const [host, offS] = worst;
      const hosts = offByHost.size === 1 ? host : `${offByHost.size} hosts`;
      if (Math.abs(offS) < worthSayingS) return `agrees with ${hosts}`;
      const far = `${Math.round(Math.abs(offS))} s ${offS > 0 ? 'ahead of' : 'behind'} ${host}`;
      const besides = others.filter(([, off]) => Math.abs(off) >= worthSayingS).length;
      return `${far}${besides === 0 ? '' : ` and as wrong for ${besides} more`}: set this machine's clock, or signed requests are refused`;
    },
  };
}

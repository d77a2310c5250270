import { expect, test } from 'vitest';
import { interruptionOf, processWorld } from '../../src/cli/world.ts';

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'after %s nothing of ours stands between a second signal of any kind and the end',
  (name) => {
    const listeners = () => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((each) => process.listenerCount(each));
    const before = listeners();
    const { signal } = processWorld({ progress: () => {}, debug: () => {} });
    expect(listeners()).toEqual(before.map((count) => count + 1));
    process.emit(name, name);
    expect(interruptionOf(signal)).toBe(name === 'SIGHUP' ? 'SIGTERM' : name);
    expect(listeners()).toEqual(before);
  },
);

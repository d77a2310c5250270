import fc from 'fast-check';

// In CI a change is judged, not the luck of the day: the same cases each time. Elsewhere every run tries others.
if (process.env.CI) fc.configureGlobal({ seed: 1 });

// Reads vitest's JSON and the code that it ended with; prints `PASSED FAILED`.
// What was skipped or left to do counts as failed, and so does a file that could not be loaded.
import { readFileSync } from 'node:fs';

const [file, ended] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
const unloaded = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const skipped = testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed'),
);
for (const { status, fullName } of skipped) process.stderr.write(`${status}: ${fullName}\n`);

const failed = numFailedTests + numPendingTests + numTodoTests + unloaded.length;
const saysNothing = failed === 0 && (ended !== '0' || numPassedTests === 0);
process.stdout.write(`${numPassedTests} ${saysNothing ? 1 : failed}\n`);

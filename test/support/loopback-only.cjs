// Loaded into every process that the end-to-end tests start: a connection to anything but this machine is refused and noted.
const { appendFileSync } = require('node:fs');
const { Socket } = require('node:net');

const log = process.env.AISPM_TEST_CONNECTIONS;
const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost|([\w-]+\.)+localhost)$/;
const { connect } = Socket.prototype;

Socket.prototype.connect = function (...args) {
  const [first, second] = args.flat();
  const { host, path } = typeof first === 'object' && first !== null ? first : { host: second };
  if (path === undefined || path === null) {
    const name = host ?? 'localhost';
    const isAllowed = loopback.test(name);
    if (log !== undefined) appendFileSync(log, `${isAllowed ? 'loopback' : 'foreign'} ${name}\n`);
    if (!isAllowed) throw new Error(`the tests allow no connection to ${name}`);
  }
  return connect.apply(this, args);
};

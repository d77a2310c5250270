import { isJsonObject, type Json, jsonIn, type JsonObject } from '../../model/json.ts';
import { UnusableAnswer } from './unusable-answer.ts';
import type { WireAnswer } from './wire.ts';

/** The vendor's own refusal. Its message is left behind: it quotes what was sent, and what it quotes is not ours to print. */
export class VendorRefusal extends Error {
  override readonly name = 'VendorRefusal';
  readonly status: number;
  readonly code: string;
  /** The RAM action that is missing, where the vendor names it. */
  readonly authAction: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(refusal: { status: number; code: string; authAction?: string; retryAfterMs?: number }) {
    super(`${refusal.code} (HTTP ${refusal.status})`);
    this.status = refusal.status;
    this.code = refusal.code;
    this.authAction = refusal.authAction;
    this.retryAfterMs = refusal.retryAfterMs;
  }
}

/**
 * The answer of a success: a 2xx with a JSON object that holds something and does not refuse inside. Anything else throws
 * `VendorRefusal` (the vendor named a code) or `UnusableAnswer`. LINGJUN and others refuse with a 200 and a `Code`.
 */
export function readAnswer({ status, headers, body }: WireAnswer): JsonObject {
  const json = jsonIn(body);
  const succeeded = status >= 200 && status < 300;
  if (!isJsonObject(json)) throw new UnusableAnswer(describe(json, body), status);
  const code = succeeded ? refusingCode(json) : textOf(json['Code'] ?? json['code']);
  if (code !== undefined) throw refusal(status, code, json, headers['x-acs-retry-after']);
  if (!succeeded) throw new UnusableAnswer('names no error code', status);
  if (Object.keys(json).length === 0) throw new UnusableAnswer('is an empty object', status);
  // It names this one request: kept, it would make every scan of an unchanged estate differ from the last.
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'RequestId' && name !== 'requestId'));
}

function describe(json: Json | undefined, body: Buffer): string {
  if (json !== undefined) return 'is JSON, but no object';
  if (body.length === 0) return 'is empty';
  return body.subarray(0, 1).toString() === '<' ? 'is a page, not JSON' : 'is cut or is no JSON';
}

const successCodes = new Set(['', '0', '200', 'OK', 'Ok', 'ok', 'Success', 'success', 'SUCCESS']);

/** The code of an envelope that came with a 2xx and says no. */
function refusingCode(json: JsonObject): string | undefined {
  const code = textOf(json['Code'] ?? json['code']);
  const success = json['Success'] ?? json['success'];
  if (success === false || success === 'false') return code ?? 'success: false';
  return code === undefined || successCodes.has(code) ? undefined : code;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function refusal(status: number, code: string, json: JsonObject, retryAfter: string | readonly string[] | undefined): VendorRefusal {
  const detail = json['AccessDeniedDetail'] ?? json['accessDeniedDetail'];
  const action = isJsonObject(detail) ? detail['AuthAction'] : undefined;
  const wait = Number(retryAfter);
  return new VendorRefusal({
    status,
    code: /^[\w.:\- ]{1,80}$/.test(code) ? code : 'an unreadable code',
    ...(typeof action === 'string' && /^[\w-]+:[\w*]+$/.test(action) && { authAction: action }),
    ...(Number.isFinite(wait) && wait > 0 && { retryAfterMs: wait }),
  });
}

import type { GapId } from '../model/ids.ts';
import type { Json } from '../model/json.ts';

/** A member of an object that the vendor sent in a form that cannot be read. */
export interface UnreadMember {
  readonly member: string;
  readonly gap: GapId;
}

// A symbol goes along when a collector spreads or re-roots a part of an answer, and never reaches a file.
const unreadMembers = Symbol('members that were not readable');

/** A copy of the object that remembers which of its members could not be read. */
export function withUnreadMembers<T extends object>(object: T, members: readonly UnreadMember[]): T {
  const copy = { ...object };
  Object.defineProperty(copy, unreadMembers, {
    value: [...unreadMembersOf(object), ...members],
    enumerable: true,
  });
  return copy;
}

/** What `withUnreadMembers` noted on this object or on the one that it was spread from. */
export function unreadMembersOf(value: Json | object): readonly UnreadMember[] {
  if (typeof value !== 'object' || value === null) return [];
  // Only `withUnreadMembers` writes this member.
  return (value as { [unreadMembers]?: readonly UnreadMember[] })[unreadMembers] ?? [];
}

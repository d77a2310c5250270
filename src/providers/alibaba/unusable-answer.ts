/** The vendor answered, and the answer cannot be used: no JSON, no object, a page that names itself as the next. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
  readonly status: number | undefined;

  /** `what` continues the sentence "the answer …"; it never quotes the answer. */
  constructor(what: string, status?: number) {
    super(what);
    this.status = status;
  }
}

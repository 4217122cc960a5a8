/** Why a record was not taken, what to change, and never what it contained. */
export type Rejection = {
  code:
    | 'not-json'
    | 'not-an-object'
    | 'unknown-type'
    | 'invalid-field'
    | 'late'
    | 'early'
    | 'bad-encoding'
    | 'too-large'
    | 'too-many'
    | 'notification'
    | 'producer-not-enabled'
    | 'no-account'
    | 'encrypted';
  field?: string;
  because: string;
  fix: string;
  /** When an event is from that is early or late, ms. */
  at?: number;
};

import { type ReactNode, useEffect, useState } from 'react';
import { answered, client, type Schemas } from '../../api';
import { day, moment } from '../../format';
import { Badge, Failed, Loading } from '../../parts/parts';

/** For the person concerned: no login, no jargon, nothing about anybody else. The token stays in the fragment and in the request's body. */
export function AppealPage({ token }: { token: string }) {
  const [notice, setNotice] = useState<Schemas['Notice']>();
  const [error, setError] = useState<unknown>();
  const load = () => {
    setError(undefined);
    answered(client().POST('/v1/appeal/read', { body: { token } })).then(setNotice, setError);
  };
  // Once for the link; reading again is a button.
  useEffect(load, [token]);
  return (
    <main className="letter">
      <title>About your account</title>
      <h1>About your account</h1>
      {error ? <Failed error={error} again={load} /> : notice ? <Notice of={notice} token={token} onSent={load} /> : <Loading />}
    </main>
  );
}

const DONE: Record<Schemas['Notice']['action'], string> = {
  watch: 'is being looked at',
  warn: 'was warned',
  limit: 'is limited',
  challenge: 'has to be verified',
  'disable-key': 'had an API key disabled',
  suspend: 'is suspended',
};

function Notice({ of, token, onSent }: { of: Schemas['Notice']; token: string; onSent: () => void }) {
  return (
    <>
      <section className="panel">
        <h2>{of.title}</h2>
        <p className="why">{of.text}</p>
        {of.evidence.length > 0 ? (
          <ul className="stack" style={{ gap: 4 }}>
            {of.evidence.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        ) : null}
        <p className="soft">
          Your account {DONE[of.action]} since {moment(of.since)}
          {of.expiresAt ? `; this ends by itself on ${day(of.expiresAt)} unless a person confirms it` : ''}.
        </p>
      </section>
      <State of={of}>
        <Statement token={token} onSent={onSent} />
      </State>
    </>
  );
}

function State({ of, children }: { of: Schemas['Notice']; children: ReactNode }) {
  switch (of.progress) {
    case 'none':
      return children;
    case 'open':
      return (
        <section className="panel" role="status">
          <p>
            <Badge tone="accent">Appeal received</Badge>
          </p>
          <p>
            People who did not decide about your account are reading it.{' '}
            {of.answerBy ? `You have an answer by ${moment(of.answerBy)}.` : ''} You can come back to this link to see where it is.
          </p>
        </section>
      );
    case 'granted':
      return (
        <section className="panel" role="status">
          <p>
            <Badge tone="good">Granted</Badge>
          </p>
          <p>You were right. Your account is restored, and it is protected from the same finding for a while. We are sorry.</p>
        </section>
      );
    case 'denied':
      return (
        <section className="panel" role="status">
          <p>
            <Badge tone="warn">Not granted</Badge>
          </p>
          <p>People who did not take the decision looked at it again and upheld it.</p>
        </section>
      );
    case 'moot':
      return (
        <section className="panel" role="status">
          <p>
            <Badge>Over</Badge>
          </p>
          <p>The restriction ended before the appeal was decided.</p>
        </section>
      );
    default:
      return of.progress satisfies never;
  }
}

const LONGEST = 4_000;
function Statement({ token, onSent }: { token: string; onSent: () => void }) {
  const [statement, setStatement] = useState('');
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = () => {
    setSending(true);
    setError(undefined);
    answered(client().POST('/v1/appeal', { body: { token, statement } }))
      .then(onSent, setError)
      .finally(() => setSending(false));
  };
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h2>If this is wrong, tell us why</h2>
      <label className="field">
        <span>What we should know. Do not send passwords or keys.</span>
        <textarea required maxLength={LONGEST} rows={8} value={statement} onChange={(event) => setStatement(event.target.value)} />
      </label>
      {error ? <Failed error={error} /> : null}
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span className="small soft number">
          {statement.length} of {LONGEST}
        </span>
        <button type="submit" className="button main" disabled={sending || statement.trim().length === 0}>
          {sending ? 'Sending …' : 'Send the appeal'}
        </button>
      </div>
    </form>
  );
}

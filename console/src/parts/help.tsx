import { Dialog } from './commands/dialog';
import { KeyName, listedKeys } from './keyboard';

/** What the keys do here: read from the same tables that bind them. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className="inside">
        <h2>Keys</h2>
        {listedKeys().map(([where, keys]) => (
          <section key={where} className="stack">
            <h3>{where}</h3>
            <dl className="keys">
              {keys.map((key) => (
                <div key={key.keys}>
                  <dt>
                    <KeyName keys={key.keys} />
                  </dt>
                  <dd>{key.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <form method="dialog" className="end">
          <button type="submit" className="button">
            Close
          </button>
        </form>
      </div>
    </Dialog>
  );
}

import { Link } from 'wouter';

/** What a person wrote, with `#case` and `#campaign` as links and `@person` marked. */
const PIECE = /((?<=^|[\s(])[#@][A-Za-z0-9](?:[A-Za-z0-9._+@-]*[A-Za-z0-9])?)/;
const CASE = /\.\d{4}$/;

export const Mentions = ({ text }: { text: string }) => (
  <>
    {text.split(PIECE).map((piece, place) => {
      // Every second piece is what the pattern found; the text never changes, so its place names it.
      if (place % 2 === 0) return piece;
      const key = `${place} ${piece}`;
      if (piece.startsWith('@'))
        return (
          <strong key={key} className="mention">
            {piece}
          </strong>
        );
      const id = piece.slice(1);
      return (
        <Link key={key} href={CASE.test(id) ? `/cases/${id}` : `/campaigns/${id}`}>
          {piece}
        </Link>
      );
    })}
  </>
);

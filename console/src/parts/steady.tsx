import { plural } from '../format';

/** Above a list that does not move by itself: what arrived, and what left. */
export function Arrived({ arrived, gone, what, onShow }: { arrived: number; gone: number; what: string; onShow: () => void }) {
  if (arrived === 0 && gone === 0) return null;
  return (
    <div className="arrived" role="status">
      <span>
        {arrived > 0 ? `${plural(arrived, `new ${what}`)} arrived` : ''}
        {arrived > 0 && gone > 0 ? ', ' : ''}
        {gone > 0 ? `${plural(gone, what)} left this list` : ''}
      </span>
      <button type="button" className="button tiny" onClick={onShow}>
        Update the list
      </button>
    </div>
  );
}

import type { Api, HttpPorts } from '../../shared/http/api';
import type { Appeals } from './appeals';
import { publicAppealRoutes } from './public-routes';
import { reviewRoutes } from './review-routes';

/** Appeals over HTTP: for the persons concerned by a signed link, for reviewers by role. */
export function appealRoutes(api: Api, http: HttpPorts, deps: Appeals): void {
  publicAppealRoutes(api, http, deps);
  reviewRoutes(api, http, deps);
}

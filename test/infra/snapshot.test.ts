import { stages } from '../../infra/stages';
import { templatesOf } from './templates';

/** What changes with every build says nothing about the infrastructure. */
const masked = (template: unknown): unknown =>
  JSON.parse(
    JSON.stringify(template)
      .replace(/[0-9a-f]{64}(\.zip|\.json)?/g, '<asset>')
      .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<version>'),
    (key, value: unknown) => (key === 'Metadata' ? undefined : value),
  );

test.each(Object.keys(stages))('the templates of %s are as reviewed', (stage) => {
  const { state, pipeline } = templatesOf(stage);
  expect(masked(state.json)).toMatchSnapshot('state');
  expect(masked(pipeline.json)).toMatchSnapshot('pipeline');
});

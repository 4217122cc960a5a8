import { unnamed } from '../../shared/domain/cases/unnamed';

const entry = (because: string[], id: string, approvals: string[] = []) => ({
  because,
  actor: { kind: 'person' as const, id, role: 'reviewer' as const },
  state: { approvals: approvals.map((name) => ({ id: name })) },
});

test.each([
  ['ben', 'a benign account, as ben said', 'a benign account, as a reviewer said'],
  ['ben', 'approved by ben and cleo', 'approved by a reviewer and cleo'],
  ['ben', 'ben-jones and ben.jones are others; ben’s is his', 'ben-jones and ben.jones are others; ben’s is his'],
  ['ann', 'planned channels', 'planned channels'],
  ['ben@example.com', 'approved by ben@example.com.', 'approved by a reviewer.'],
  ['a.b', 'axb is not a.b', 'axb is not a reviewer'],
  ['x(', 'approved by x( and y', 'approved by a reviewer and y'],
  ['Zoë', 'Zoë and Zoëlle', 'a reviewer and Zoëlle'],
])('%s in: %s', (name, sentence, shown) => {
  expect(unnamed(entry([sentence], name))).toEqual([shown]);
});

test('everybody who signed is unnamed, the longer name first', () => {
  expect(unnamed(entry(['approved by ann lee and ann'], 'ann', ['ann lee']))).toEqual(['approved by a reviewer and a reviewer']);
});

test('whom a note mentions is unnamed too, though the entry is another person’s; so are those whose names a list alone keeps', () => {
  expect(unnamed(entry(['@cleo please look; write to a@b.example'], 'ben'))).toEqual(['@a reviewer please look; write to a@b.example']);
  const { because, actor } = entry(['agreed by dan'], 'ben');
  expect(unnamed({ because, actor, state: { approvals: ['dan'] } })).toEqual(['agreed by a reviewer']);
});

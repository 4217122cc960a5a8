import { useSearchParams } from 'wouter';

type Chosen<C extends Record<string, readonly string[]>> = { [K in keyof C]?: C[K][number] };

/**
 * Choices that stand in the address: a view can be sent to a colleague, and Back finds it again. What is not among the choices of
 * its name is left out; an empty value takes a choice away.
 */
export function useFilters<C extends Record<string, readonly string[]>>(
  choices: C,
): [Chosen<C>, (name: keyof C & string, value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const chosen: Chosen<C> = {};
  for (const name of Object.keys(choices) as (keyof C & string)[]) {
    const value = choices[name]?.find((one) => one === search.get(name));
    if (value !== undefined) chosen[name] = value;
  }
  const choose = (name: keyof C & string, value: string): void =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  return [chosen, choose];
}

import type { ObjectStore, Table } from '../../shared/ports';
import { rightsOf, rightsOn } from './rights';

/** A table that lets through what the role may do, as DynamoDB would with dynamodb:LeadingKeys, and notes what was used. */
export function under(role: string, inner: Table, used: Set<string>, table = 'Enforcement'): Table {
  const rights = rightsOn('prod', role, table);
  const allow = async <T>(action: string, pk: string, work: () => Promise<T>): Promise<T> => {
    const allowed = rights.find((right) => right.action === action && right.matches(pk));
    if (!allowed) throw new Error(`${role} may not ${action} ${pk}`);
    used.add(`${role} ${action} ${allowed.pattern}`);
    return work();
  };
  return {
    get: (pk, sk) => allow('dynamodb:GetItem', pk, () => inner.get(pk, sk)),
    getAll: async (keys) => {
      for (const { pk } of keys) await allow('dynamodb:BatchGetItem', pk, async () => undefined);
      return inner.getAll(keys);
    },
    put: (item, condition) => allow('dynamodb:PutItem', item.pk, () => inner.put(item, condition)),
    add: (pk, sk, ...rest) => allow('dynamodb:UpdateItem', pk, () => inner.add(pk, sk, ...rest)),
    query: (query) => allow('dynamodb:Query', query.pk, () => inner.query(query)),
    delete: (pk, sk) => allow('dynamodb:DeleteItem', pk, () => inner.delete(pk, sk)),
  };
}

/** The same for the archive: objects whose keys begin as the role's policy says. Names may be listed by whoever may read any. */
export function archiveUnder(role: string, inner: ObjectStore): ObjectStore {
  const prefixes = (action: string) =>
    rightsOf('prod')
      .filter((right) => right.role === role && right.action === action && right.resource.startsWith('bucket Archive, objects '))
      .map(({ resource }) => resource.replace('bucket Archive, objects ', '').replace(/\*$/, ''));
  const allow = (action: string, key: string): void => {
    if (!prefixes(action).some((prefix) => key.startsWith(prefix))) throw new Error(`${role} may not ${action} ${key}`);
  };
  return {
    get: async (key, range) => {
      allow('s3:GetObject', key);
      return inner.get(key, range);
    },
    put: async (key, bytes, options) => {
      allow('s3:PutObject', key);
      return inner.put(key, bytes, options);
    },
    delete: async (key) => {
      allow('s3:DeleteObject', key);
      return inner.delete(key);
    },
    list: (prefix) => inner.list(prefix),
  };
}

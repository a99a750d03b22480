// Schemas as people read them, and values that fit them.

import { element, prose, slug } from './element.js';

const DEEPEST = 6;

/** The type of a schema in a few words, with links to the schemas that have names. */
export function typeOf(schema) {
  if (schema === undefined || schema === true) return ['anything'];
  if (schema === false) return ['nothing'];
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    return [element('a', { href: `#${slug('schema', name)}` }, name)];
  }
  if ('const' in schema) return [element('code', {}, JSON.stringify(schema.const))];
  if (schema.enum) return between(' | ', schema.enum.map((one) => element('code', {}, String(one))));
  const parts = schema.oneOf ?? schema.anyOf ?? (schema.allOf?.length ? schema.allOf : undefined);
  if (parts && !schema.properties) return between(' or ', parts.map((part) => typeOf(part)));
  const types = [schema.type ?? (schema.properties ? 'object' : 'anything')].flat();
  if (types.includes('array')) return ['array of ', ...typeOf(schema.items)];
  return [types.join(' or '), ...limits(schema)];
}

function between(separator, parts) {
  return parts.flatMap((part, index) => (index ? [separator, part] : [part])).flat();
}

function limits({ format, minimum, maximum, minLength, maxLength, default: standard }) {
  const said = [];
  if (format) said.push(format);
  if (minimum !== undefined && maximum !== undefined) said.push(`${minimum} to ${maximum}`);
  else if (maximum !== undefined) said.push(`at most ${maximum}`);
  else if (minimum !== undefined) said.push(`at least ${minimum}`);
  if (maxLength !== undefined) said.push(`${minLength ?? 0} to ${maxLength} characters`);
  if (standard !== undefined) said.push(`${JSON.stringify(standard)} by default`);
  return said.length ? [`, ${said.join(', ')}`] : [];
}

/** A list of named values with their types: parameters, members, arguments. */
export function fields(entries) {
  return element(
    'dl',
    { className: 'fields' },
    entries.map(({ name, note, schema, description }) =>
      element(
        'div',
        {},
        element('dt', {}, element('code', {}, name), note ? element('em', {}, note) : null),
        element('dd', {}, typeOf(schema)),
        description ? element('dd', { className: 'said' }, prose(description)) : null,
      ),
    ),
  );
}

/** The members of an object schema, or nothing. */
export function members(schema) {
  const properties = Object.entries(schema?.properties ?? {});
  return properties.map(([name, member]) => ({
    name,
    note: schema.required?.includes(name) ? '' : 'optional',
    schema: member,
    description: member.description,
  }));
}

export function schemaArticle([name, schema]) {
  const parts = members(schema);
  return element(
    'article',
    { className: 'schema', id: slug('schema', name) },
    element('header', {}, element('h3', {}, element('code', {}, name))),
    schema.description ? element('p', {}, prose(schema.description)) : null,
    parts.length ? fields(parts) : element('p', { className: 'said' }, typeOf(schema)),
  );
}

/** A value that the schema allows, to start from. */
export function sample(schema, resolve, depth = 0) {
  const known = resolve(schema);
  if (known === undefined || known === true || depth > DEEPEST) return {};
  if (known.examples?.length) return known.examples[0];
  for (const keyword of ['example', 'default', 'const']) {
    if (known[keyword] !== undefined) return known[keyword];
  }
  if (known.enum) return known.enum[0];
  const part = (known.oneOf ?? known.anyOf ?? known.allOf)?.[0];
  if (part && !known.properties) return sample(part, resolve, depth + 1);
  const [type] = [known.type ?? (known.properties ? 'object' : 'any')].flat();
  if (type === 'object') {
    const entries = Object.entries(known.properties ?? {});
    return Object.fromEntries(
      entries.map(([name, member]) => [name, sample(member, resolve, depth + 1)]),
    );
  }
  if (type === 'array') return [sample(known.items, resolve, depth + 1)];
  if (type === 'integer' || type === 'number') return known.minimum ?? 0;
  if (type === 'boolean') return false;
  if (type === 'string') return known.format === 'date-time' ? new Date(0).toISOString() : 'text';
  return {};
}

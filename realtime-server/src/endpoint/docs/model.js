// What the documents of the server say, put together for reading.

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
const EVENT_STREAM = 'text/event-stream';
const OPENAPI = '/openapi/v3.2/openapi.json';
const ASYNCAPI = '/asyncapi/v3.0/asyncapi.json';

export async function loadModel() {
  const [openapi, asyncapi] = await Promise.all([load(OPENAPI), load(ASYNCAPI)]);
  const operations = allOperations(openapi);
  const plain = operations.filter((operation) => !operation.hub);
  const hubs = allHubs(operations, asyncapi);
  const declared = (openapi.tags ?? []).map((tag) => tag.name);
  const names = new Set([...declared, ...plain.map(tagOf), ...hubs.map(tagOf)]);
  const groups = [...names].map((name) => ({
    name,
    description: openapi.tags?.find((tag) => tag.name === name)?.description,
    operations: plain.filter((operation) => tagOf(operation) === name),
    hubs: hubs.filter((hub) => tagOf(hub) === name),
  }));
  return {
    info: openapi.info,
    groups: groups.filter((group) => group.operations.length || group.hubs.length),
    schemes: openapi.components?.securitySchemes ?? {},
    schemas: Object.entries(openapi.components?.schemas ?? {}),
    resolve: (value) => resolve(openapi, value),
  };
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answers with status ${response.status}.`);
  return response.json();
}

const tagOf = ({ tags }) => tags[0] ?? 'Other';

function allOperations(openapi) {
  const found = [];
  for (const [path, item] of Object.entries(openapi.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      found.push(operation(openapi, method, path, item[method]));
    }
  }
  return found;
}

function operation(openapi, method, path, said) {
  const body = resolve(openapi, said.requestBody);
  const forms = Object.entries(body?.content ?? {}).map(([type, { schema }]) => ({ type, schema }));
  const responses = Object.entries(said.responses).map(([status, response]) => ({
    status,
    ...resolve(openapi, response),
  }));
  const streaming = responses.find(({ content }) => content?.[EVENT_STREAM]);
  return {
    id: said.operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    tags: said.tags ?? [],
    summary: said.summary,
    description: said.description,
    parameters: (said.parameters ?? []).map((parameter) => resolve(openapi, parameter)),
    body: forms.length ? { forms, required: body.required } : undefined,
    responses,
    events: streaming && eventTypes(streaming.content[EVENT_STREAM].itemSchema),
    // One that asks for nothing can be tried without a token.
    security: (said.security ?? openapi.security ?? []).length > 0,
    hub: said['x-signalr']?.hub,
    hubPath: said['x-signalr']?.path,
    role: said['x-signalr-role'],
  };
}

/** The types of event in a stream; one without a name stands for all others. */
function eventTypes(item) {
  return (item?.oneOf ?? [{}]).map(({ properties, description }) => ({
    name: properties?.event?.const,
    description,
    schema: properties?.data?.contentSchema,
  }));
}

function allHubs(operations, asyncapi) {
  return operations
    .filter(({ role }) => role === 'connect')
    .map((connect) => {
      const channel = `#/channels/${connect.hub}`;
      const said = Object.values(asyncapi.operations).filter(
        (operation) => operation.channel.$ref === channel,
      );
      return {
        name: connect.hub,
        path: connect.hubPath,
        tags: connect.tags,
        summary: connect.summary,
        description: connect.description,
        security: connect.security,
        operations: operations.filter(({ hub }) => hub === connect.hub),
        methods: said.filter(hasRole('hub-method')).map((one) => hubMethod(asyncapi, one)),
        calls: said.filter(hasRole('client-method')).map((one) => hubMethod(asyncapi, one)),
      };
    });
}

const hasRole = (role) => (operation) => operation['x-signalr-role'] === role;

function hubMethod(asyncapi, operation) {
  const call = resolve(asyncapi, operation.messages[0]);
  const replies = (operation.reply?.messages ?? []).map(
    (message) => resolve(asyncapi, message).payload.properties,
  );
  const items = call.payload.properties.arguments?.items;
  const sent = operation.messages.map((message) => resolve(asyncapi, message).payload.properties);
  return {
    name: call.name,
    description: operation.description ?? call.description ?? operation.summary,
    arguments: Array.isArray(items) ? items : [],
    result: replies.find((reply) => reply.result)?.result,
    item: replies.find((reply) => reply.item)?.item,
    upload: sent.find((message) => message.item)?.item,
  };
}

/** Follows a reference within the document. */
function resolve(document, value) {
  if (!value?.$ref?.startsWith('#/')) return value;
  const steps = value.$ref.slice(2).split('/');
  const unescape = (step) => step.replaceAll('~1', '/').replaceAll('~0', '~');
  const found = steps.reduce((at, step) => at?.[unescape(step)], document);
  return resolve(document, found);
}

// Looks whether a configuration of Envoy, as JSON, has only what Envoy's own description of its configuration knows, and all
// that it must have: node envoy.mjs file.json ... prints a line for each mistake.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const PACKAGES = fileURLToPath(new URL('node_modules', import.meta.url));
const FOLDERS = [
  ...['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((folder) => join('@grpc/grpc-js-xds/deps', folder)),
  'protobufjs',
].map((folder) => join(PACKAGES, folder));
const FILES = [
  'envoy/config/bootstrap/v3/bootstrap.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/transport_sockets/tls/v3/tls.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
];

const root = new protobuf.Root();
// the few that are in none of the folders are in protobufjs itself
root.resolvePath = (_, file) => FOLDERS.map((folder) => join(folder, file)).find(existsSync) ?? file;
root.loadSync(FILES, { keepCase: true });
root.resolveAll();

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
const u32 = isWhole(0, 2 ** 32 - 1);
const i32 = isWhole(-(2 ** 31), 2 ** 31 - 1);
const long = Number.isSafeInteger;
const number = (value) => typeof value === 'number';
const string = (value) => typeof value === 'string';
const bool = (value) => typeof value === 'boolean';

/** How values look in JSON. */
const SCALARS = {
  string, bool, bytes: string, double: number, float: number,
  uint32: u32, fixed32: u32, int32: i32, sint32: i32, sfixed32: i32,
  uint64: (value) => long(value) && value >= 0, fixed64: long, int64: long, sint64: long, sfixed64: long,
  '.google.protobuf.Duration': (value) => string(value) && /^\d+(\.\d{1,9})?s$/.test(value),
  '.google.protobuf.BoolValue': bool,
  '.google.protobuf.StringValue': string,
  '.google.protobuf.DoubleValue': number,
  '.google.protobuf.UInt32Value': u32,
  '.google.protobuf.UInt64Value': (value) => long(value) && value >= 0,
  '.google.protobuf.Struct': isObject,
};

/** What a message must have: by the rules beside its fields. */
const isRequired = ({ options = {} }) =>
  options['(validate.rules).message.required'] === true ||
  options['(validate.rules).any.required'] === true ||
  options['(validate.rules).string.min_len'] > 0 ||
  options['(validate.rules).repeated.min_items'] > 0;

function* message(type, value, path) {
  if (!isObject(value)) {
    yield `${path} is no ${type.name}`;
    return;
  }
  const set = new Set();
  for (const [name, one] of Object.entries(value)) {
    const field = type.fields[name];
    if (field === undefined) {
      yield `${path}.${name}: ${type.name} has no such field`;
    } else {
      set.add(name);
      if (field.options?.deprecated) {
        yield `${path}.${name} is deprecated`;
      }
      yield* values(field.resolve(), one, `${path}.${name}`);
    }
  }
  for (const field of type.fieldsArray) {
    if (isRequired(field) && !set.has(field.name) && field.partOf === null) {
      yield `${path}.${field.name} is missing`;
    }
  }
  for (const { name, oneof, options } of type.oneofsArray) {
    const chosen = oneof.filter((field) => set.has(field));
    if (chosen.length > 1) {
      yield `${path} has both ${chosen.join(' and ')}`;
    } else if (chosen.length === 0 && options?.['(validate.required)'] === true) {
      yield `${path} has no ${name}: ${oneof.join(', ')}`;
    }
  }
}

function* values(field, value, path) {
  if (field.map) {
    for (const [key, one] of Object.entries(value)) {
      yield* single(field, one, `${path}[${key}]`);
    }
  } else if (field.repeated) {
    if (!Array.isArray(value)) {
      yield `${path} is no list`;
      return;
    }
    for (const [i, one] of value.entries()) {
      yield* single(field, one, `${path}[${i}]`);
    }
  } else {
    yield* single(field, value, path);
  }
}

function* single({ type, resolvedType }, value, path) {
  const scalar = SCALARS[resolvedType?.fullName ?? type];
  if (scalar !== undefined) {
    if (!scalar(value)) {
      yield `${path} is no ${type}: ${JSON.stringify(value)}`;
    }
  } else if (resolvedType instanceof protobuf.Enum) {
    if (resolvedType.values[value] === undefined) {
      yield `${path} is none of ${Object.keys(resolvedType.values).join(', ')}: ${value}`;
    }
  } else if (resolvedType.fullName === '.google.protobuf.Any') {
    const { '@type': name, ...rest } = value;
    const named = root.lookup(String(name).replace(/^type\.googleapis\.com\//, ''));
    yield* named instanceof protobuf.Type ? message(named, rest, path) : [`${path}: there is no ${name}`];
  } else {
    yield* message(resolvedType, value, path);
  }
}

const bootstrap = root.lookupType('envoy.config.bootstrap.v3.Bootstrap');
for (const file of process.argv.slice(2)) {
  for (const mistake of message(bootstrap, JSON.parse(readFileSync(file, 'utf8')), 'envoy')) {
    console.log(mistake);
  }
}

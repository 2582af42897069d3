import { capabilities } from '@atelier/domain/images';
import { flag, given, text, texts } from '../../command/invocation.ts';
import type { Option, Verb } from '../../command/verb.ts';
import { allPages } from '../../connection/all-pages.ts';
import { done, item, list } from '../../output/output.ts';
import { imageArgument } from './arguments.ts';
import { imageColumns, versionColumns, versionName } from './columns.ts';

const ids = capabilities.map((one) => one.id);
export const capabilityOption: Option = {
  flags: '-c, --capabilities <name>',
  summary: 'what the image can do; give it once for each',
  choices: ids,
  repeat: true,
  completes: ids,
};
export const encryptedOption: Option = {
  flags: '--encrypted',
  summary: 'for a new image: versions are encrypted in the repository, for entitled computers only',
};
const describing: readonly Option[] = [
  { flags: '-d, --description <text>', summary: 'what it is for' },
  { flags: '--os <text>', summary: 'its operating system' },
  capabilityOption,
];

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list images, or the versions of one',
  arguments: [{ ...imageArgument, optional: true, summary: 'list the versions of this image' }],
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  examples: [
    ['atelier image ls', 'all images with their newest version and channels'],
    ['atelier image ls debian-lab', 'the versions of debian-lab, newest first'],
    ['atelier image ls -o name', 'only the names, for scripts'],
  ],
  run: async (call) => {
    const { limit } = call.common;
    const name = call.args.image;
    if (name) {
      const read = (query: { limit: number; cursor?: string }) =>
        call.api.images.listVersions({ params: { name }, query });
      const empty = `${name} has no versions yet: atelier image import ${name} DISK`;
      return list(await allPages(read, limit), versionColumns, versionName, empty);
    }
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.images.list({ query: { ...query, search: text(call, 'search') } });
    const empty = 'there are no images yet: atelier image import NAME DISK';
    return list(await allPages(read, limit), imageColumns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show an image, or one version of it',
  arguments: [imageArgument, { name: 'version', summary: 'the version’s number', optional: true }],
  examples: [
    ['atelier image show debian-lab', 'the image, its channels and capabilities'],
    ['atelier image show debian-lab 2 -o json', 'everything about version 2'],
  ],
  run: async (call) => {
    const name = call.args.image!;
    if (call.args.version) {
      const version = await call.api.images.getVersion({ params: { name, number: Number(call.args.version) } });
      return item(version, versionColumns, versionName(version));
    }
    return item(await call.api.images.get({ params: { name } }), imageColumns, name);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'make an image: a name under which versions are published',
  arguments: [{ name: 'image', summary: 'lower-case letters, digits, dot, dash, underscore' }],
  options: [...describing, encryptedOption],
  changes: true,
  examples: [
    ['atelier image create debian-lab --os "Debian 12" -c guest-agent -c data-disk', 'a name for versions to come'],
    ['atelier image create vault --encrypted', 'a copy of the repository tells nothing of its versions'],
  ],
  run: async (call) => {
    const body = { name: call.args.image!, ...given(call, 'description', 'os', 'capabilities', 'encrypted') };
    const image = await call.api.images.create({ body });
    return done(`image ${image.name} was made`, image, image.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change an image’s description, system or capabilities',
  arguments: [imageArgument],
  options: [...describing, { flags: '--no-capabilities', summary: 'take all capabilities away' }],
  changes: true,
  examples: [['atelier image update debian-lab -d "for the lab"', 'changes only the description']],
  run: async (call) => {
    const params = { name: call.args.image! };
    const { rev } = await call.api.images.get({ params });
    const cleared = call.options.capabilities === false ? { capabilities: [] } : given(call, 'capabilities');
    const body = { ...given(call, 'description', 'os'), ...cleared };
    const image = await call.api.images.update({ params, body }, { ifMatch: rev });
    return done(`image ${image.name} was changed`, image, image.name);
  },
};

const rotateKey: Verb = {
  name: 'rotate-key',
  summary: 'give an encrypted image a new content key for the versions to come',
  arguments: [imageArgument],
  changes: true,
  examples: [['atelier image rotate-key vault', 'versions that are there stay readable with their own key']],
  run: async (call) => {
    const image = await call.api.images.rotateKey({ params: { name: call.args.image! } });
    return done(`new versions of ${image.name} are encrypted with key ${image.encryption?.keyId}`, image, image.name);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'delete an image, or one version of it',
  arguments: [imageArgument, { name: 'version', summary: 'only this version', optional: true }],
  changes: true,
  loses: (call) =>
    call.args.version
      ? `version ${call.args.version} of ${call.args.image} will be deleted`
      : `the image ${call.args.image} will be deleted with all its versions`,
  examples: [['atelier image rm debian-lab 1 --yes', 'deletes a draft, failed, packed or retired version']],
  run: async (call) => {
    const name = call.args.image!;
    if (call.args.version) {
      await call.api.images.removeVersion({ params: { name, number: Number(call.args.version) } });
      return done(`version ${call.args.version} of ${name} was deleted`);
    }
    await call.api.images.remove({ params: { name } });
    return done(`image ${name} was deleted`);
  },
};

const matrix: Verb = {
  name: 'matrix',
  summary: 'the table image × capability',
  options: [{ flags: '--titles', summary: 'explain each capability instead' }],
  examples: [['atelier image matrix', 'which image can do what']],
  run: async (call) => {
    const answer = await call.api.images.matrix({});
    if (flag(call, 'titles')) {
      const columns = (['id', 'title', 'description'] as const).map((title) => ({
        title,
        value: (one: (typeof answer.capabilities)[number]) => one[title],
      }));
      return list(answer.capabilities, columns, (one) => one.id, '');
    }
    const columns = [
      { title: 'image', value: (one: (typeof answer.images)[number]) => one.image },
      ...answer.capabilities.map(({ id }) => ({
        title: id,
        value: (one: (typeof answer.images)[number]) => (one.capabilities.includes(id) ? 'yes' : '·'),
      })),
    ];
    return list(answer.images, columns, (one) => one.image, 'there are no images yet');
  },
};

const recommend: Verb = {
  name: 'recommend',
  summary: 'which image to take for the wanted capabilities, best first',
  options: [{ ...capabilityOption, required: true, summary: 'what is wanted; give it once for each' }],
  examples: [['atelier image recommend -c desktop -c data-disk', 'the image that lacks least comes first']],
  run: async (call) => {
    const answer = await call.api.images.matrix({ query: { want: texts(call, 'capabilities').join(',') } });
    const columns = [
      { title: 'image', value: (one: (typeof answer.images)[number]) => one.image },
      { title: 'missing', value: (one: (typeof answer.images)[number]) => one.missing },
      { title: 'capabilities', value: (one: (typeof answer.images)[number]) => one.capabilities },
    ];
    return list(answer.images, columns, (one) => one.image, 'there are no images yet');
  },
};

export const imageVerbs: readonly Verb[] = [ls, show, create, update, rotateKey, rm, matrix, recommend];

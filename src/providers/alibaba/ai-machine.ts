import { isJsonList, isJsonObject, type Json, objectsIn } from '../../model/json.ts';
import type { Facts } from '../../model/asset.ts';
import { softwareIn, softwareOfPort } from '../ai-software.ts';
import { textOf } from './listed.ts';
import type { OpenRule } from './open-rules.ts';

/** Families with a GPU by their name: https://www.alibabacloud.com/help/en/ecs/user-guide/gpu-accelerated-compute-optimized-and-vgpu-accelerated-instance-families-1 */
const gpuFamily = /^ecs\.(gn|vgn|sgn|ebmgn|sccgn|ga)/;

/** What people call their AI, where they do not name the software. */
const callsItselfAi = /(^|[^a-z0-9])(ai|llms?|genai|aigc|gpu)([^a-z0-9]|$)/i;

/**
 * Why a machine counts as an AI asset, each reason with how it was found: `gpu: ecs.gn7i`, `image: ComfyUI`,
 * `marketplace image: Dify`, `tag: AI`, `open port 11434: Ollama`, `inventory: vLLM`, `user data: Ollama`. Empty if nothing says so.
 */
export function aiReasons(facts: Facts): readonly string[] {
  const reasons = [
    ...hardwareReasons(facts),
    ...imageReasons(facts),
    ...tagReasons(facts['Tags']),
    ...portReasons(facts),
    ...inventoryReasons(facts),
    ...userDataReasons(facts),
  ];
  return [...new Set(reasons)];
}

/** What settles that it is one, of the parts that were read. */
export function knownAiReasons(facts: Facts): readonly string[] | undefined {
  const reasons = aiReasons(facts);
  return reasons.length > 0 ? reasons : undefined;
}

/** A GPU, by the vendor's count or by the family's name. */
export function hardwareReasons({ GPUAmount, InstanceTypeFamily, InstanceType }: Facts): readonly string[] {
  const names = [InstanceTypeFamily, InstanceType].filter((name) => typeof name === 'string' && name !== '').map(textOf);
  const family = names.find((name) => gpuFamily.test(name));
  if (family !== undefined) return [`gpu: ${family}`];
  return Number(GPUAmount ?? 0) > 0 ? [`gpu: ${names[0] ?? textOf(GPUAmount)}`] : [];
}

/** What the names of an image say. Those of the marketplace bear the software that they bring in plain sight. */
export function namesOfImage(image: Facts): readonly string[] {
  const where = image['ImageOwnerAlias'] === 'marketplace' ? 'marketplace image' : 'image';
  return reasonsIn(where, [image['ImageName'], image['ImageFamily'], image['Description']]);
}

/** Tags as ECS sends them, of machines, images and disks. */
export function tagReasons(tags: Json | undefined): readonly string[] {
  const texts = objectsIn(isJsonObject(tags) ? tags['Tag'] : undefined).flatMap(({ TagKey, TagValue }) => [TagKey, TagValue]);
  return reasonsIn('tag', texts);
}

function imageReasons({ ImageId, OSName, $image }: Facts): readonly string[] {
  return [...reasonsIn('image', [ImageId, OSName]), ...objectsIn($image).flatMap(namesOfImage)];
}

function reasonsIn(where: string, texts: readonly (Json | undefined)[]): readonly string[] {
  return texts.flatMap((value) => {
    const text = textOf(value);
    const software = softwareIn(text);
    if (software.length > 0) return software.map((name) => `${where}: ${name}`);
    return callsItselfAi.test(text) ? [`${where}: AI`] : [];
  });
}

function portReasons({ $openRules }: Facts): readonly string[] {
  if (!isJsonList($openRules)) return [];
  // `openRules` made them.
  const rules = $openRules as readonly OpenRule[];
  return rules
    .filter(({ portRange }) => isNarrow(portRange))
    .flatMap(({ aiPorts }) => aiPorts)
    .flatMap((port) => softwareOfPort(port).map((name) => `open port ${port}: ${name}`));
}

/** A rule for all ports says nothing about what listens. */
function isNarrow(range: string): boolean {
  const [, from, to] = /^(\d+)\/(\d+)$/.exec(range) ?? [];
  return from !== undefined && to !== undefined && Number(to) - Number(from) < 10;
}

/** Packages that Cloud Assistant found on the machine. */
function inventoryReasons({ $applications }: Facts): readonly string[] {
  return objectsIn($applications).flatMap(({ Name }) => softwareIn(textOf(Name)).map((name) => `inventory: ${name}`));
}

/** What the script of the first start names; of the script itself nothing is left. */
function userDataReasons({ $userDataSoftware: software }: Facts): readonly string[] {
  return isJsonList(software) ? software.map((name) => `user data: ${textOf(name)}`) : [];
}

import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import type { Facts } from '../../model/asset.ts';
import type { OpenRule } from './open-rules.ts';

/** Families with a GPU by their name: https://www.alibabacloud.com/help/en/ecs/user-guide/gpu-accelerated-compute-optimized-and-vgpu-accelerated-instance-families-1 */
const gpuFamily = /^ecs\.(gn|vgn|sgn|ebmgn|sccgn|ga)/;

/** Words in the names of images that serve, train or drive models. Marketplace images bear them in plain sight. */
const aiImage =
  /ollama|vllm|sglang|comfyui|stable.?diffusion|sd.?webui|dify|fastgpt|open.?webui|langchain|llama|deepseek|qwen|chatglm|modelscope|hugging.?face|pytorch|tensorflow|jupyter|cuda|deepgpu|openclaw|milvus|\bai[ _-]|\bllms?\b/i;

/**
 * Ports that say by themselves that AI is served, where a rule opens few ports: Ollama, Gradio, ComfyUI, Jupyter, Ray, Qdrant,
 * Milvus, Xinference, LM Studio. The others of the list are those of any web server.
 */
const tellingPorts = new Set([11434, 7860, 8188, 8888, 8265, 6333, 19530, 9997, 1234]);

/** Why a machine counts as an AI asset; empty if nothing says so. */
export function aiReasons(facts: Facts): readonly string[] {
  return [...hardwareReasons(facts), ...imageReasons(facts), ...portReasons(facts)];
}

/** What settles that it is one, of the parts that were read. */
export function knownAiReasons(facts: Facts): readonly string[] | undefined {
  const reasons = aiReasons(facts);
  return reasons.length > 0 ? reasons : undefined;
}

function hardwareReasons({ GPUAmount, InstanceTypeFamily, InstanceType }: Facts): readonly string[] {
  const hasGpu = Number(GPUAmount ?? 0) > 0;
  const isFamily = [InstanceTypeFamily, InstanceType].some((name) => typeof name === 'string' && gpuFamily.test(name));
  return hasGpu || isFamily ? ['gpu'] : [];
}

function imageReasons({ ImageId, OSName, $image }: Facts): readonly string[] {
  const image = isJsonList($image) ? $image[0] : undefined;
  const named = isJsonObject(image) ? [image['ImageName'], image['ImageFamily'], image['Description']] : [];
  return [ImageId, OSName, ...named].some((name: Json | undefined) => typeof name === 'string' && aiImage.test(name)) ? ['ai-image'] : [];
}

function portReasons({ $openRules }: Facts): readonly string[] {
  if (!isJsonList($openRules)) return [];
  // `openRules` made them.
  const rules = $openRules as readonly OpenRule[];
  const isTelling = ({ aiPorts, portRange }: OpenRule): boolean => isNarrow(portRange) && aiPorts.some((port) => tellingPorts.has(port));
  return rules.some(isTelling) ? ['ai-port'] : [];
}

/** A rule for all ports says nothing about what listens. */
function isNarrow(range: string): boolean {
  const [, from, to] = /^(\d+)\/(\d+)$/.exec(range) ?? [];
  return from !== undefined && to !== undefined && Number(to) - Number(from) < 10;
}

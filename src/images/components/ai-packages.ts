import type { AiComponent } from '../layer-pass.ts';

/**
 * What a package is to an AI estate, by its name in its ecosystem: a runtime that serves or runs models, another AI package, or neither.
 * Python names as PEP 503 normalises them.
 */
export function roleOf(ecosystem: NonNullable<AiComponent['ecosystem']>, name: string): 'runtime' | 'package' | undefined {
  switch (ecosystem) {
    case 'pypi':
      if (pythonRuntimes.has(name)) return 'runtime';
      return pythonPackages.has(name) || pythonFamilies.test(name) ? 'package' : undefined;
    case 'npm':
      if (nodeRuntimes.has(name)) return 'runtime';
      return nodePackages.has(name) || nodeFamilies.test(name) ? 'package' : undefined;
    case 'deb':
    case 'apk':
    case 'rpm':
    case 'system':
      if (systemRuntimes.test(name)) return 'runtime';
      return systemPackages.test(name) ? 'package' : undefined;
  }
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const pythonRuntimes = words(`
  vllm sglang text-generation-server lmdeploy tritonserver torchserve ray bentoml xinference llama-cpp-python ctranslate2 mlc-llm exllamav2 gpt4all
  onnxruntime onnxruntime-gpu tensorrt tensorrt-llm openvino tflite-runtime mlserver kserve nvidia-pytriton tensorflow-serving-api
  ollama-python modelscan-server litellm
`);

const pythonPackages = words(`
  torch torchvision torchaudio tensorflow tensorflow-cpu tensorflow-gpu keras jax jaxlib flax optax mxnet paddlepaddle paddlepaddle-gpu mindspore
  transformers diffusers accelerate peft trl bitsandbytes deepspeed xformers flash-attn tokenizers sentencepiece tiktoken safetensors datasets
  evaluate huggingface-hub sentence-transformers timm fastai lightning pytorch-lightning megatron-core apex triton auto-gptq autoawq optimum unsloth
  scikit-learn xgboost lightgbm catboost onnx skl2onnx joblib cloudpickle dill gguf nltk spacy gensim flair stanza
  openai anthropic cohere mistralai groq together replicate fireworks-ai cerebras-cloud-sdk ai21 voyageai dashscope zhipuai qianfan sparkai volcengine
  google-generativeai google-genai google-cloud-aiplatform vertexai azure-ai-inference azure-ai-ml azure-ai-projects azureml-core azureml-sdk
  sagemaker boto3-bedrock modelscope ollama litellm-proxy-extras instructor outlines guidance guardrails-ai nemoguardrails dspy dspy-ai
  langchain langgraph langsmith langserve llama-index haystack-ai farm-haystack semantic-kernel autogen ag2 pyautogen crewai smolagents pydantic-ai
  mcp fastmcp openai-agents google-adk strands-agents agno mem0ai composio letta swarms browser-use
  gradio streamlit chainlit open-webui dify-client mlflow wandb comet-ml neptune clearml dvc aim tensorboard langfuse helicone promptlayer
  arize-phoenix trulens ragas deepeval giskard pinecone pinecone-client chromadb weaviate-client qdrant-client pymilvus milvus-lite faiss-cpu faiss-gpu
  lancedb pgvector elevenlabs assemblyai deepgram-sdk openai-whisper whisperx faster-whisper coqui-tts tts ultralytics mmcv mmdet detectron2 insightface
  stable-baselines3 gymnasium tianshou kubeflow-training kfp feast zenml metaflow determined modal runpod picklescan modelscan garak
`);

const pythonFamilies =
  /^(?:langchain-|llama-index-|nvidia-(?:cu|nccl|tensorrt|modelopt|dali)|autogen-|opentelemetry-instrumentation-(?:openai|langchain|llama)|crewai-|haystack-|guardrails-|openinference-|tensorflow-|torch-|onnxruntime-|azure-ai-|ray-)/;

const nodeRuntimes = words(
  'onnxruntime-node onnxruntime-web node-llama-cpp @xenova/transformers @huggingface/transformers @tensorflow/tfjs-node @tensorflow/tfjs-node-gpu',
);

const nodePackages = words(`
  openai ai langchain llamaindex ollama cohere-ai replicate groq-sdk together-ai chromadb weaviate-client weaviate-ts-client hnswlib-node faiss-node
  @anthropic-ai/sdk @anthropic-ai/claude-code @anthropic-ai/bedrock-sdk @google/generative-ai @google/genai @google-cloud/aiplatform @google-cloud/vertexai
  @google/gemini-cli @openai/codex @openai/agents @mistralai/mistralai @azure/openai @azure-rest/ai-inference @azure/ai-projects @aws-sdk/client-bedrock
  @aws-sdk/client-bedrock-runtime @aws-sdk/client-bedrock-agent @aws-sdk/client-bedrock-agent-runtime @aws-sdk/client-sagemaker
  @aws-sdk/client-sagemaker-runtime @modelcontextprotocol/sdk @pinecone-database/pinecone @qdrant/js-client-rest @zilliz/milvus2-sdk-node langfuse
  langsmith promptfoo flowise n8n-nodes-langchain @n8n/n8n-nodes-langchain brain.js natural tiktoken gpt-tokenizer genkit fastmcp dify-client portkey-ai
  @helicone/helpers elevenlabs @elevenlabs/elevenlabs-js @deepgram/sdk assemblyai e2b @e2b/code-interpreter mem0ai
`);

const nodeFamilies =
  /^@(?:langchain|ai-sdk|llamaindex|tensorflow|huggingface|mastra|genkit-ai|openrouter|copilotkit|xenova|assistant-ui|modelcontextprotocol)\//;

const systemRuntimes =
  /^(?:cuda-cudart|cuda-runtime|libcudart|libcudnn|cudnn|libnvinfer[0-9]|tensorrt$|libnccl|rocm-(?:core|hip-runtime)|hip-runtime|libonnxruntime|onnxruntime|openvino$|libopenvino|ollama|tensorflow-model-server|llama\.?cpp|llama-cpp|intel-oneapi-runtime)/;

const systemPackages =
  /^(?:cuda|libcublas|libcufft|libcurand|libcusolver|libcusparse|libnpp|libnvjitlink|libnvjpeg|libnvinfer|libnvonnxparsers|nsight|nvidia-|libnvidia|rocm|miopen|rocblas|hipblas|py3-(?:torch|tensorflow|scikit-learn|onnx)|python3-(?:torch|tensorflow|sklearn|onnx|keras)|libtorch|libtensorflow)/;

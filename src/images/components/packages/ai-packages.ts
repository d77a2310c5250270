import type { AiComponent } from '../../layer/layer-pass.ts';

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
  openvino-genai openvino-model-server ai-edge-litert onnxruntime-genai mlc-ai mlc-ai-nightly sgl-kernel sglang-router vllm-flash-attn flashinfer
  flashinfer-python aphrodite-engine lightllm infinity-emb deepspeed-mii fschat mlx mlx-lm mlx-vlm ktransformers nexaai openllm
  torch-model-archiver llama-stack optimum-nvidia ipex-llm exllamav3 llm-engine mistralrs airllm
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
  tritonclient ai-edge-torch torchao torchtitan torchtune torchrec torchtext torchdata torchmetrics intel-extension-for-pytorch tf-nightly
  tf-keras equinox dm-haiku brax paddlenlp paddleocr oneflow cntk flash-attn-3 hf-xet hf-transfer open-clip-torch clip-anytorch liger-kernel
  axolotl llamafactory gptqmodel auto-round compressed-tensors llmcompressor quanto hqq aqlm xgboost-cpu onnxmltools onnxslim skops thinc zai-sdk
  spark-ai-python volcengine-python-sdk tencentcloud-sdk-python-hunyuan azure-cognitiveservices-speech sagemaker-core bedrock-agentcore ms-swift
  xgrammar llguidance lm-format-enforcer langflow langflow-base pydantic-graph a2a-sdk phidata claude-agent-sdk claude-code-sdk marvin controlflow
  griptape txtai promptflow prompty gpt-researcher open-interpreter metagpt camel-ai agentscope qwen-agent weave opik traceloop-sdk lm-eval
  lighteval inspect-ai chroma-hnswlib fastembed usearch hnswlib annoy pyvespa turbopuffer kokoro piper-tts pyannote-audio speechbrain nemo-toolkit
  supervision deepface face-recognition easyocr docling unstructured unstructured-inference marker-pdf fickling pyrit llm-guard presidio-analyzer
  rebuff promptfoo numba transformer-engine colossalai horovod comfyui invokeai stable-audio-tools aleph-alpha-client writer-sdk writerai xai-sdk
  perplexityai cartesia hume lumaai runwayml stability-sdk tavily-python exa-py firecrawl-py e2b e2b-code-interpreter portkey-ai humanloop
  braintrust langwatch lunary agentops baidu-aip moonshot minimax aider-chat gradio-client agent-framework autogenstudio ray-core pymilvus-model
  sentence-stream spacy-llm outlines-core ctransformers llama-cpp-agent
`);

const pythonFamilies =
  /^(?:langchain-|llama-index-|nvidia-(?:cu|nccl|tensorrt|modelopt|dali)|autogen-|agent-framework-|anthropic-|openai-|arize-|cohere-|composio-|cupy-|faiss-|jax-|keras-|langgraph-|letta-|llama-stack-|mcp-|mlflow-|openvino-|pydantic-ai-|strands-|tensorrt-|transformer-engine-|triton-|trulens-|unsloth-|unstructured-|opentelemetry-instrumentation-(?:openai|langchain|llama)|crewai-|haystack-|guardrails-|openinference-|tensorflow-|torch-|onnxruntime-|azure-ai-|ray-)/;

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
  @openai/chatkit @openai/agents-core @azure/ai-agents @aws-sdk/client-bedrock-agentcore flowise-components js-tiktoken @vercel/ai @github/copilot
  @github/copilot-sdk @sourcegraph/amp @charmland/crush opencode-ai @qwen-code/qwen-code @cloudflare/ai voyageai @lancedb/lancedb vectordb ml5
  @mlc-ai/web-llm @mediapipe/tasks-genai @tavily/core exa-js @browserbasehq/stagehand @composio/core agentops @inngest/agent-kit @voltagent/core
  braintrust @humanloop/sdk @upstash/vector @strands-agents/sdk @cerebras/cerebras_cloud_sdk @fal-ai/client @fal-ai/serverless-client
  @runwayml/sdk xai-sdk @perplexity-ai/perplexity_ai dashscope qianfan zhipuai-sdk-nodejs-v4 @anthropic-ai/claude-agent-sdk
  @anthropic-ai/vertex-sdk @google/adk usearch @openai/realtime-api-beta
`);

const nodeFamilies =
  /^@(?:langchain|ai-sdk|anthropic-ai|arizeai|llamaindex|tensorflow|huggingface|mastra|genkit-ai|openrouter|copilotkit|xenova|assistant-ui|modelcontextprotocol)\//;

const systemRuntimes =
  /^(?:cuda-cudart|cuda-runtime|libcudart|libcudnn|cudnn|libnvinfer[0-9]|tensorrt$|libnccl|rocm-(?:core|hip-runtime)|hip-runtime|libonnxruntime|onnxruntime|openvino$|libopenvino|ollama|tensorflow-model-server|llama\.?cpp|llama-cpp|intel-oneapi-runtime)/;

const systemPackages =
  /^(?:cuda|libcublas|libcufft|libcurand|libcusolver|libcusparse|libnpp|libnvjitlink|libnvjpeg|libnvinfer|libnvonnxparsers|nsight|nvidia-|libnvidia|rocm|miopen|rocblas|hipblas|py3-(?:torch|tensorflow|scikit-learn|onnx)|python3-(?:torch|tensorflow|sklearn|onnx|keras)|libtorch|libtensorflow)/;

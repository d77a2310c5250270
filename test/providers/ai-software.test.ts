import { describe, expect, it } from 'vitest';
import { aiPorts, softwareIn, softwareOfPort } from '../../src/providers/ai-software.ts';
import { inspectAnswer } from '../../src/providers/inspect-answer.ts';
import type { Operation } from '../../src/providers/provider.ts';
import { secretTools } from '../support/secret-tools.ts';

describe('AI software', () => {
  it('is found in names of images and packages', () => {
    expect(softwareIn('registry.example.com/team/vllm-openai:0.9')).toEqual(['vLLM']);
    expect(softwareIn('Open WebUI with Ollama')).toEqual(['Ollama', 'Open WebUI']);
    expect(softwareIn('sd-webui on CUDA 12')).toEqual(['Stable Diffusion WebUI', 'CUDA']);
  });

  it('is not found in the middle of other words', () => {
    const others = ['do not modify', 'film studio', 'maintained by the mail team', 'array[0]', 'x-ray', 'barracuda', 'pallama'];
    expect(others.flatMap(softwareIn)).toEqual([]);
  });

  it('is known by its port only where nothing else listens there', () => {
    expect(softwareOfPort(11434)).toEqual(['Ollama']);
    expect(softwareOfPort(7860)).toEqual(['Gradio', 'Stable Diffusion WebUI', 'Langflow']);
    expect(softwareOfPort(8080)).toEqual([]);
  });

  it('is watched on the ports of model servers, notebooks and vector stores, not on those of every web server', () => {
    const asked = [11434, 8000, 8080, 3000, 5000, 7860, 8188, 8888, 8265, 6379, 6333, 19530, 9997, 1234];
    expect(aiPorts).toEqual(expect.arrayContaining(asked));
    expect(aiPorts).not.toContain(80);
    expect(aiPorts).not.toContain(443);
  });

  it('is all that is left of a script that may hold keys', async () => {
    const operation = { id: 'x:y', secretResponsePaths: ['UserData'], textEncodings: { UserData: 'base64' } } as unknown as Operation;
    const script = Buffer.from('#!/bin/sh\nollama serve --token canary-5f2b9d7c41e8\n').toString('base64');
    const { answer } = inspectAnswer({ UserData: script }, operation, { UserData: ['$software'] }, await secretTools());
    expect(answer['UserData']).toMatchObject({ present: true, kept: { $software: ['Ollama'] } });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});

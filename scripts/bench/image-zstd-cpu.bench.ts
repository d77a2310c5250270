import { zstdBench } from './image-zstd.ts';

export default await zstdBench('image-zstd-cpu', 'cpuMs');

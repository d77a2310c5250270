/* What src/images asks of liblzma and libbz2; lz4 and xxHash are asked directly. An unpacker is one stream, or one block of xz. */
#include <stdlib.h>
#include "lzma.h"
#include "bzlib_private.h"

typedef struct {
	/* Of the last step. */
	uint32_t consumed, produced;
	/* Of xz and its kin: the window that the header asks for. Of bzip2: blocks begun; bits taken of the last byte and not used yet. */
	uint32_t window, blocks, bits;
	lzma_stream lzma;
	lzma_block block;
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	bz_stream bzip2;
} unpacker;

/* The kind of check that a stream of xz has, by its header of 12 bytes; negative: it is none. */
int xz_check(const uint8_t *header)
{
	lzma_stream_flags flags;
	const lzma_ret ret = lzma_stream_header_decode(&flags, header);
	return ret == LZMA_OK ? (int)flags.check : -(int)ret;
}

/* Whether these 12 bytes end a stream that has this check and an index of this length. */
int xz_is_footer(const uint8_t *footer, uint32_t check, uint32_t index_bytes)
{
	lzma_stream_flags flags;
	return lzma_stream_footer_decode(&flags, footer) == LZMA_OK && flags.check == check && flags.backward_size == index_bytes;
}

/* A block by its header, which `lzma_block_header_size_decode(header[0])` says the length of. Without a window nothing is opened: a question. */
int xz_open_block(unpacker *one, const uint8_t *header, uint32_t check, uint32_t largest_window)
{
	one->lzma = (lzma_stream)LZMA_STREAM_INIT;
	one->block = (lzma_block){.version = 1, .check = check, .filters = one->filters};
	one->block.header_size = lzma_block_header_size_decode(header[0]);
	lzma_ret ret = lzma_block_header_decode(&one->block, NULL, header);
	if (ret != LZMA_OK) return ret;
	one->window = 0;
	for (lzma_filter *filter = one->filters; filter->id != LZMA_VLI_UNKNOWN; filter++) {
		if (filter->id != LZMA_FILTER_LZMA2) continue;
		lzma_options_lzma *options = filter->options;
		one->window = options->dict_size;
		if (options->dict_size > largest_window) options->dict_size = largest_window;
	}
	if (largest_window > 0) ret = lzma_block_decoder(&one->lzma, &one->block);
	lzma_filters_free(one->filters, NULL);
	return ret;
}

/* One member of lzip, or a file of LZMA from before xz. */
int xz_open_lzip(unpacker *one)
{
	one->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_lzip_decoder(&one->lzma, UINT64_MAX, 0);
}

int xz_open_lzma(unpacker *one)
{
	one->lzma = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_alone_decoder(&one->lzma, UINT64_MAX);
}

/* lzma_ret. What was unpacked before a fault counts as produced. */
int xz_step(unpacker *one, const uint8_t *in, uint32_t in_bytes, uint8_t *out, uint32_t out_bytes)
{
	lzma_stream *lzma = &one->lzma;
	lzma->next_in = in;
	lzma->avail_in = in_bytes;
	lzma->next_out = out;
	lzma->avail_out = out_bytes;
	const lzma_ret ret = lzma_code(lzma, LZMA_RUN);
	one->consumed = in_bytes - (uint32_t)lzma->avail_in;
	one->produced = out_bytes - (uint32_t)lzma->avail_out;
	return ret;
}

void xz_close(unpacker *one) { lzma_end(&one->lzma); }

/* What the index at the end of a stream must say: the blocks before it, in order. */
int xz_count_block(lzma_index_hash *index, const unpacker *one)
{
	return lzma_index_hash_append(index, lzma_block_unpadded_size(&one->block), one->block.uncompressed_size);
}

int xz_index_step(lzma_index_hash *index, unpacker *one, const uint8_t *in, uint32_t in_bytes)
{
	size_t at = 0;
	const lzma_ret ret = lzma_index_hash_decode(index, in, &at, in_bytes);
	one->consumed = (uint32_t)at;
	return ret;
}

uint32_t xz_index_bytes(const lzma_index_hash *index) { return (uint32_t)lzma_index_hash_size(index); }

int bz_open(unpacker *one)
{
	one->bzip2 = (bz_stream){0};
	one->blocks = one->bits = 0;
	return BZ2_bzDecompressInit(&one->bzip2, 0, 0);
}

/* Beside the numbers of bzlib.h: all blocks were unpacked and the sum of their checks is wrong; a block was, and its check is. */
enum { WRONG_SUM = 100, WRONG_CHECK = 101 };

int bz_step(unpacker *one, char *in, uint32_t in_bytes, char *out, uint32_t out_bytes)
{
	bz_stream *bzip2 = &one->bzip2;
	bzip2->next_in = in;
	bzip2->avail_in = in_bytes;
	bzip2->next_out = out;
	bzip2->avail_out = out_bytes;
	const int ret = BZ2_bzDecompress(bzip2);
	const DState *state = bzip2->state;
	one->consumed = in_bytes - bzip2->avail_in;
	one->produced = out_bytes - bzip2->avail_out;
	one->blocks = (uint32_t)state->currBlockNo;
	one->bits = (uint32_t)state->bsLive;
	if (ret != BZ_DATA_ERROR) return ret;
	if (state->state == BZ_X_IDLE) return WRONG_SUM;
	return state->state == BZ_X_OUTPUT && state->calculatedBlockCRC != state->storedBlockCRC ? WRONG_CHECK : ret;
}

void bz_close(unpacker *one) { BZ2_bzDecompressEnd(&one->bzip2); }

/* Called by libbz2 where it found itself at fault. */
void bz_internal_error(int code) { abort(); }

unpacker *unpacker_new(void) { return calloc(1, sizeof(unpacker)); }

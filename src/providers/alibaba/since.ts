/**
 * A start of time for listings that show the last seven days where none is given (jobs, TensorBoards, training jobs): years
 * before PAI had any of them. https://www.alibabacloud.com/help/en/pai/developer-reference/api-pai-dlc-2020-12-03-listjobs
 */
export const everSince = '2015-01-01T00:00:00Z';

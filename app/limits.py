"""Every limit of the page, in one table: validation, messages and documentation read it here."""

QUERY_BYTES = 4096  # the longest address that is read
QUERY_FIELDS = 64  # the most fields of it that are read
LINK_BYTES = 1500  # the longest address the page writes
BODY_BYTES = 64 * 1024  # the largest request body
BODY_DEPTH = 12  # how deep its JSON may nest
BODY_DIGITS = 20  # the longest integer in it
EDITS = 64  # the most edits in one request
NOTICES = 20  # the most notices on one page
NAMED = 8  # choices that a notice names one by one; of more it says how many there are

RUNS = 8
STEPS = (1, 2000)
SEEDS = 50  # walks of one run at once
PASTE_BYTES = 2000  # the longest call of an optimizer that is read
PASTE_DEPTH = 12  # how deep what is read of it may nest
NAME_LENGTH = 21  # eight names of emoji, and every other setting at its longest, still fit QUERY_BYTES

ROOM = 2.5  # times the surface's domain: where a start may lie, and the most that a map shows by itself
GRID = 120  # points of the map's grid along each axis
GRIDS = (GRID, 180, 240)  # the same, ever finer where a surface needs it
SMALL_GRIDS = (80, 120, 180)  # the same for small maps
COARSE_GRID = 60  # the same while the surface itself is being changed

SWEEP_RATES = (3, 241)  # rates of a sweep, and numbers along each side of a grid
SWEEP_STARTS = (1, 5)  # starts of a race
SWEEP_WORK = 20_000_000  # steps of all walks of a grid
TILE_WORK = 100_000  # steps of all walks that are computed for one request,
TILE_WALKS = 128  # but so many walks at least: fewer take no less time
BASINS = (48, 256)  # starts along each side of a map of basins

TRAIN_SAMPLES = (2, 20_000)  # of made data
TRAIN_FEATURES = (1, 50)
TRAIN_SAMPLES_OF_A_BATCH = (1, 20_000)
EPOCHS = (1, 1000)
SEED = 2**31 - 1  # the largest of data and of shuffles
SHUFFLES = (1, 20)  # of one training, at once
TRAIN_STEPS = 100_000  # of one training,
EPOCH_STEPS = 2_000  # and of one epoch, for a tile has at least one
PRINTED_DRAWS = 1_000_000  # samples of all epochs, where one stream goes through all runs
COSTED_STEPS = 5_000  # of a training that is made once more to see what the listing costs
TRAIN_CELLS = 4_000_000  # features of all samples in all shuffles
TRAIN_RECORDED = 16_000  # numbers of a parameter's history that the page is told, of all parameters
LINES = 8  # parameters with a line of their own
COLUMN_NAME = 40  # letters of a column's name that an address keeps

FILE_BYTES = 2_000_000  # of a CSV file
FILE_ROWS = 20_000
FILE_COLUMNS = 50
FILES_BYTES = 10 * 2**20  # of files and their tables that each worker keeps
FILES_NAMED = 4  # files that an export may need
FILES_COMING = 16  # that arrive at once

SHEETS = 24  # worksheets of one page
SHEET_BYTES = 16 * 2**20  # of worksheets and keys that are kept
HOME_LENGTH = 300  # letters of an address of the page that a QR code holds

ANSWER_BYTES = 8 * 2**20  # of encoded answers that each worker keeps in memory,
TILE_BYTES = 4 * 2**20  # of encoded tiles,
SHELF_BYTES = 128 * 2**20  # and of both that all of them share, in files
MADE_BYTES = 16 * 2**20  # of all else that was computed: walks, grids, samples, trainings of lessons
MADE_SHARE = 2  # one of them may take half of that
FRESH_BYTES = 120 * 2**20  # of memory that a worker takes before anybody has asked anything,
PASSING_BYTES = 40 * 2**20  # and the largest request while it is being answered
TRIM_BYTES = 130 * 2**20  # of memory, from which on a worker hands back what is free
WORKER_BYTES = 200 * 2**20  # of memory, from which on a worker is replaced by a fresh one

BODY_SECONDS = 5.0  # until a request body must be whole,
SEND_RATE = 64 * 1024  # and a second more for so many bytes of a file
HEAD_SECONDS = 5.0  # until a request head must be, and between two requests of a connection
CHUNK_BYTES = 64 * 1024  # of an answer that are handed on at a time
CHUNK_SECONDS = 20.0  # until the reader must have taken one
READ_RATE = 1024  # bytes per second that a reader takes at least
SOCKET_BYTES = 256 * 1024  # of an answer that the system keeps for a reader
SPOOLED_BYTES = 256 * 1024  # answers from here on wait for their reader in a file
SPOOL_BYTES = 512 * 2**20  # of all such files of a worker
CONNECTIONS = 1024  # of a worker at once
WAITING = 512  # requests that wait for the thread that computes, and as many that a hand waits for
TILES_WAITING = 128  # tiles that wait for it
PASSING = 8  # more urgent ones that may go before one that waits
EXPORTS_WAITING = 4  # exports that wait for the one that is being made
EXPORT_SECONDS = 60.0  # that making one may take
EXPORTER_IDLE = 60.0  # s without an export after which the process that makes them ends
RETRY_SECONDS = 2  # until one that found no place asks again

"""Every limit of the page, in one table: validation, messages and documentation read it here."""

QUERY_BYTES = 4096  # the longest address that is read
QUERY_FIELDS = 64  # the most fields of it that are read
LINK_BYTES = 1500  # the longest address the page writes
BODY_BYTES = 64 * 1024  # the largest request body
BODY_DEPTH = 12  # how deep its JSON may nest
BODY_DIGITS = 20  # the longest integer in it
EDITS = 64  # the most edits in one request
NOTICES = 20  # the most notices on one page

RUNS = 8
STEPS = (1, 2000)
NAME_LENGTH = 22  # eight names of emoji, and every other setting at its longest, still fit QUERY_BYTES

GRID = 120  # points of the map's grid along each axis
COARSE_GRID = 60  # the same in small maps and while the surface itself is being changed

ANSWER_BYTES = 32 * 2**20  # of encoded answers that each worker keeps

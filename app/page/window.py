"""How much of the plane is shown, so that one unit of x is as long as one unit of y."""

from landscapes import Surface

from .. import limits

Span = tuple[float, float]
Window = tuple[Span, Span]  # of x and of y
BUCKET = 1 / 16  # how far the aspect that a page tells lies at most from its own: half a step of 1/8
SLACK = 1.1  # its map's frame takes from either side of the picture
ANYWHERE = (0.75, 2.0)  # the shapes of a picture whose page is not known
ASPECT = 4 / 3  # of a picture that may have the shape it likes


def room(surface: Surface) -> Window:
    """Where a start may lie; no map shows more than that by itself."""
    return tuple(_about(span, limits.ROOM) for span in surface.domain)


def grown(domain: Window, aspect: float) -> Window:
    """The domain with what stands beside it in a picture `aspect` times as wide as high, within the room for it."""
    (x0, x1), (y0, y1) = domain
    across, up = aspect * (y1 - y0) / (x1 - x0), (x1 - x0) / (y1 - y0) / aspect
    return tuple(_about(span, min(max(by, 1), limits.ROOM)) for span, by in zip(domain, (across, up), strict=True))


def shown_at(domain: Window, aspect: float | None) -> Window:
    """What the map of a page whose picture has about this aspect can show."""
    least, most = ANYWHERE
    if aspect is not None:
        least, most = max(aspect - BUCKET, BUCKET) / SLACK, (aspect + BUCKET) * SLACK
    return grown(domain, most)[0], grown(domain, least)[1]


def _about(span: Span, by: float) -> Span:
    """The span `by` times as wide around its middle."""
    middle, half = (span[0] + span[1]) / 2, by * (span[1] - span[0]) / 2
    return (middle - half, middle + half) if by > 1 else span

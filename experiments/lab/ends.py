"""How a sweep ends short of its goal. In each case what is done is kept, and the message says in one line what would do."""


class Stopped(KeyboardInterrupt):
    """It was asked to stop."""


class Unfinished(RuntimeError):
    """It did not do all that was asked."""


class Halted(Unfinished):
    """It could not go on: the disk, the cluster or the workers failed it."""


class RunsFailed(Unfinished):
    """Some of its runs failed."""

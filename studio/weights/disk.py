"""What to say when the disk refuses."""

import errno

from storage.errors import Conflict


def refused(error: OSError) -> Conflict:
    """The sentence for an error in writing; one without an errno is about a size that is not the announced one."""
    if error.errno is None:
        return Conflict(
            f"The source sent another size than it announced. Run the same command again. ({error})",
            f"来源发送的文件大小与其声明不符。请重新运行同一命令。（{error}）",
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Conflict(
            "The disk is full. Free some space, or set CASTLOCK_WEIGHTS to a folder on another disk, and run the same "
            "command again: a download goes on where it was.",
            "磁盘已满。请清理空间，或将 CASTLOCK_WEIGHTS 设为另一磁盘上的目录，然后重新运行同一命令：下载会从中断处继续。",
        )
    return Conflict(
        f"A file could not be written ({error.strerror}): {error.filename}",
        f"文件无法写入（{error.strerror}）：{error.filename}",
    )

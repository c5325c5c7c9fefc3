"""The page's guard: one of the two places where errors are caught. A person reads a sentence, the log the traceback."""

import functools
import inspect
import logging
from collections.abc import Callable
from html import escape
from typing import Any, TypeVar

import gradio as gr

from storage.errors import Language, StudioError
from studio.ui.words import language_of, say

log = logging.getLogger(__name__)

Handler = TypeVar("Handler", bound=Callable[..., Any])


def guarded(handler: Handler) -> Handler:
    """A handler whose errors reach the person as a message. Its last parameter must be `request: gr.Request`."""

    def shown(error: Exception, language: Language) -> gr.Error:
        if isinstance(error, StudioError):
            text = error.message.text(language)
        else:
            log.exception("the page met something unexpected in %s", handler.__qualname__, exc_info=error)
            text = say("unexpected", language)
        return gr.Error(escape(text), duration=15, print_exception=False)

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*args: Any, **kwargs: Any) -> Any:
            try:
                yield from handler(*args, **kwargs)
            except gr.Error:
                raise
            except Exception as error:
                raise shown(error, _language(args, kwargs)) from None

        return stream  # pyright: ignore[reportReturnType]

    @functools.wraps(handler)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return handler(*args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            raise shown(error, _language(args, kwargs)) from None

    return call  # pyright: ignore[reportReturnType]


def _language(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Language:
    requests = [each for each in (*args, *kwargs.values()) if isinstance(each, gr.Request)]
    return language_of(requests[-1]) if requests else "en"


def inform(key: str, language: Language, **values: object) -> None:
    """A message from the words table that goes by itself. Gradio draws messages as HTML, so names are escaped."""
    gr.Info(escape(say(key, language, **values)), duration=5)


def warn(text: str) -> None:
    """A message about something that did not go as asked."""
    gr.Warning(escape(text), duration=15)

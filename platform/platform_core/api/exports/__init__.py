"""Lists as files: exactly the rows a reader may see, filtered and ordered as on the page, sent as they are read."""

from platform_core.api.exports.answers import Form, StreamedAnswer, asked_form, export_answer

__all__ = ["Form", "StreamedAnswer", "asked_form", "export_answer"]

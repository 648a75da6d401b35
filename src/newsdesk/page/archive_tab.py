"""The Archive view of the page."""

from __future__ import annotations

import gradio as gr

from newsdesk.desk import Desk


def build(desk: Desk) -> None:
    """Put the view's parts where the caller is building."""
    gr.HTML("<p></p>")

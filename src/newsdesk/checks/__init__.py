"""The rules by which a written sentence is held against the place that it cites. English; no model."""

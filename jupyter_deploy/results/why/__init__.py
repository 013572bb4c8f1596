"""Why a run failed: what is known of it, against the last good run."""

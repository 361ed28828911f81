"""Pictures of the demo, drawn by this project: a silhouette per kind of thing, recoloured."""

def read(folder, **options):
    raise NotImplementedError

def make(folder):
    place = folder / "01_GT" / "TRA"
    place.mkdir(parents=True)
    (place / "man_track.txt").write_text("1 0 5 0\n2 6 9 1\n3 6 9 1\n")
    for frame in range(2):
        (place / f"man_track{frame:03}.tif").write_bytes(b"II*\0")
    return place / "man_track.txt"

def make(folder):
    labels = folder / "set" / "labels"
    labels.mkdir(parents=True)
    (labels / "classes.txt").write_text("cell\ndebris\n")
    (labels / "img1.txt").write_text("0 0.5 0.5 0.1 0.1\n1 0.2 0.3 0.1 0.1\n")
    (labels / "img2.txt").write_text("0 0.1 0.1 0.2 0.1 0.2 0.2\n")
    (labels / "img3.txt").write_text("")
    return labels / "classes.txt"

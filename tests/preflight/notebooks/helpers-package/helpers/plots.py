def bar(s):
    for k, v in s.items():
        print(f'{k:10s}', '#' * int(v / 4000))

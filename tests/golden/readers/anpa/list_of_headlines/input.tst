V0417-----
r f AP-Top-Market-Hea     02-09 0121
^*9006< ^AP-Top-Market-Headlines,0044<
^Top market news at 4 p.m.<
^Copper falls a second day
^Grain exporters meet in Odessa
^
	   AP-WF-02-09-16 2104GMT<



0221_news
r n BC-Quarry-Slide   04-02 0120
BC-Quarry-Slide, KILL,321<
^KILL<
^Meridian Press=
	   Kill the story BC-Quarry-Slide. No replacement will be sent.
 
MP-WF-04-02-31 0915GMT<


